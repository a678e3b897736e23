using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Sluice.Cli.Commands;
using Sluice.Cli.Fleet;
using Sluice.Cli.Logging;
using Sluice.Cli.Options;
using Sluice.Cli.Output;
using Sluice.Cli.Projects;

namespace Sluice.Cli;

/// <summary>One run of the tool: what was asked, where to write, when to stop.</summary>
internal sealed class Session : IDisposable
{
    public const int Cancelled = 130;

    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly CancellationTokenSource stop;
    private readonly List<PosixSignalRegistration> signals = [];
    private ParseResult? parse;
    private Terminal? terminal;
    private Project? project;

    public Session() => stop = new CancellationTokenSource();

    private Session(Session whole, Target target)
    {
        // Asked here, so that the schema is read once and not by each.
        _ = whole.Project.Datasource;
        Target = target;
        parse = whole.parse;
        stop = CancellationTokenSource.CreateLinkedTokenSource(whole.Stop);
        project = whole.Project.With(new ConnectionSource(target.Address, $"target {target.Name}"));
        terminal = new Terminal(
            new TerminalSettings(Json: false, ColorOut: false, ColorError: false, Live: false, Screen: false, CanAsk: false, AnswerYes: whole.Terminal.AnswersYes),
            whole.Verbose ? line => whole.Terminal.Note($"[{target.Name}] {line}") : _ => { });
    }

    /// <summary>The one of many that this session is for; null for a command on one database.</summary>
    public Target? Target { get; }

    /// <summary>A session for one target: the same command line, with an id, a log and a database of its own; what it says is shown with its name where more is wanted.</summary>
    public Session For(Target target) => new(this, target);

    public string CorrelationId { get; } = Guid.CreateVersion7().ToString();

    public ParseResult Parse => parse ?? throw new UnreachableException("nothing was parsed yet");

    public Terminal Terminal => terminal ??= new Terminal(TerminalSettings.Detect(parse));

    public bool Json => Terminal.Json;

    public bool Verbose => Parse.GetValue(SharedOptions.Verbose);

    public CancellationToken Stop => stop.Token;

    /// <summary>The log of the run at hand; null before it begins, and for commands that change nothing.</summary>
    public RunLog? Log { get; set; }

    public TimeSpan Elapsed => clock.Elapsed;

    /// <summary>Where the schema, the migrations and the connection are; looked up when first asked for.</summary>
    public Project Project => project ??= Project.Find(
        Directory.GetCurrentDirectory(),
        Parse.GetValue(SharedOptions.Schema),
        Parse.GetValue(SharedOptions.Migrations),
        Parse.GetValue(SharedOptions.Url));

    public T? Get<T>(Option<T> option) => Parse.GetValue(option);

    public T? Get<T>(Argument<T> argument) => Parse.GetValue(argument);

    public bool Has(Option option) => Parse.GetResult(option) is { Implicit: false };

    public async Task<int> RunAsync(RootCommand root, string[] args)
    {
        // `sluice help migrate dev`, as other tools have it.
        parse = root.Parse(args is ["help", .. var command] ? [.. command, "--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        Terminal.RequireOutput();
        if (UsageError.Exists(parse) && parse.Action is not HelpText)
        {
            return UsageError.Report(parse, Terminal, Write);
        }

        Listen(PosixSignal.SIGINT);
        Listen(PosixSignal.SIGTERM);
        return await parse.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>Runs a command and says how it ended.</summary>
    public async Task<int> AnswerAsync(Func<Session, Task<Answer>> command)
    {
        var answer = await command(this);
        Log?.Finished(answer, Elapsed);
        if (Json && answer.WritesReport)
        {
            Write(answer);
        }

        return answer.ExitCode ?? (answer.Outcome is Outcome.Ok ? 0 : 1);
    }

    public int Fail(Exception problem)
    {
        if (problem is OperationCanceledException && stop.IsCancellationRequested)
        {
            Terminal.Say("Canceled.");
            var cancelled = new Failure("Canceled.", "CANCELLED", Outcome.Failed, []);
            Log?.Failed(cancelled, Elapsed);
            Finish(cancelled);
            return Cancelled;
        }

        if (problem is OutputLostException lost)
        {
            Say(lost);
            return 1;
        }

        var failure = Failure.Of(problem, parse is null ? "" : CommandLine.Shared(this), parse?.GetValue(SharedOptions.Verbose) ?? false);
        Log?.Failed(failure, Elapsed);
        failure.Print(Terminal);
        Finish(failure);
        return failure.ExitCode;
    }

    public void Dispose()
    {
        signals.ForEach(s => s.Dispose());
        Log?.Dispose();
        stop.Dispose();
        terminal?.Dispose();
    }

    private void Finish(Failure failure)
    {
        if (!Json)
        {
            return;
        }

        try
        {
            Write(Answer.With(failure.Outcome, failure.WriteJson));
        }
        catch (OutputLostException lost)
        {
            Say(lost);
        }
    }

    private void Say(OutputLostException lost)
    {
        if (!lost.ReaderLeft)
        {
            Terminal.Error(lost.Message);
        }
    }

    /// <summary>The object that a run ends with for machines.</summary>
    public void Write(Answer answer) => Terminal.WriteJson(json =>
    {
        answer.Fields?.Invoke(json);
        json.WriteString("outcome", answer.Outcome switch
        {
            Outcome.Ok => "ok",
            Outcome.Attention => "attention",
            Outcome.Failed => "failed",
            _ => throw new UnreachableException(),
        });
        json.WriteString("correlationId", CorrelationId);
        json.WriteNumber("durationMs", clock.ElapsedMilliseconds);
    });

    // The first signal asks the command to stop and to tidy up; the second one does not wait for it.
    private void Listen(PosixSignal signal) => signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        if (stop.IsCancellationRequested)
        {
            Environment.Exit(Cancelled);
        }

        stop.Cancel();
    }));
}
