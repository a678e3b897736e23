using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Sluice.Bench;

// Without a build of its own per benchmark: that would need packages which closed networks do not have.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
if (args is ["schema", var models])
{
    Console.Out.Write(LargeSchema.Write(int.Parse(models, System.Globalization.CultureInfo.InvariantCulture)));
    return;
}

if (args is ["diagram", .. var schemas])
{
    Diagrams.Run(schemas);
    return;
}

if (args is ["runner", var rounds])
{
    await Runner.RunAsync(int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture));
    return;
}

if (args is ["models", var turns])
{
    await Models.RunAsync(int.Parse(turns, System.Globalization.CultureInfo.InvariantCulture));
    return;
}

BenchmarkSwitcher.FromTypes([typeof(Core), typeof(Live)]).Run(args, config);
