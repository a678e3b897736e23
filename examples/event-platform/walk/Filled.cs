using System.Diagnostics;
using System.Globalization;

namespace EventPlatform.Walk;

/// <summary>A room with as many participants as were asked for, another one in which few of them can win, and as many rooms, apps, winners and draws.</summary>
internal sealed record Filled(Person Owner, string Room, string Prize, string Few, string FewPrize, string DrawnPrize)
{
    public static async Task<Filled> MakeAsync(Platform at, string fill, int rows)
    {
        var owner = await at.RegisterAsync("load");
        var (room, prize) = await RoomAsync("Everybody can win");
        var (few, fewPrize) = await RoomAsync("Few can win");
        var drawnPrize = (await owner.PostAsync(at, $"/rooms/{few}/prizes", new { name = "Drawn" })).Is(201, "another prize").Id;
        var start = new ProcessStartInfo(fill) { ArgumentList = { rows.ToString(CultureInfo.InvariantCulture), owner.Id, room, few, fewPrize, drawnPrize }, RedirectStandardError = true };
        using var filling = Process.Start(start)!;
        var said = await filling.StandardError.ReadToEndAsync();
        await filling.WaitForExitAsync();
        return filling.ExitCode == 0 ? new Filled(owner, room, prize, few, fewPrize, drawnPrize) : throw new Unexpected($"{fill}: {said}");

        async Task<(string Room, string Prize)> RoomAsync(string title)
        {
            var room = (await owner.PostAsync(at, "/rooms", new { appId = "lucky-draw", title, isPublic = true })).Is(201, "a room").Id;
            var prize = (await owner.PostAsync(at, $"/rooms/{room}/prizes", new { name = "Voucher", quantity = 100_000 })).Is(201, "a prize").Id;
            (await owner.PostAsync(at, $"/rooms/{room}/publish")).Is(200, "published");
            return (room, prize);
        }
    }

    /// <summary>Ids of the rows sort as their numbers do.</summary>
    public static string Id(int number, string begin = "cload") => begin + number.ToString("D20", CultureInfo.InvariantCulture);
}
