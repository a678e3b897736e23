// Demonstration data. Running it again changes nothing: rows that are there stay as they are.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventPlatform.Data;
using Microsoft.EntityFrameworkCore;

await using var context = new EventPlatformContext(new DbContextOptionsBuilder<EventPlatformContext>().UseEventPlatformContext().Options);

await AddAsync(
    new User { Id = Id("user", 1), Email = "ada@example.com", Name = "Ada Admin", Provider = "google", ProviderId = "google-1001", CreatedAt = At(2, 8), UpdatedAt = At(2, 8) },
    new User { Id = Id("user", 2), Email = "omar@example.com", Name = "Omar Organizer", Provider = "google", ProviderId = "google-1002", CreatedAt = At(2, 8, 5), UpdatedAt = At(2, 8, 5) },
    new User { Id = Id("user", 3), Email = "mia@example.com", Name = "Mia Moderator", Provider = "google", ProviderId = "google-1003", CreatedAt = At(2, 8, 10), UpdatedAt = At(2, 8, 10) },
    new User { Id = Id("user", 4), Email = "pat@example.com", Name = "Pat Participant", Provider = "google", ProviderId = "google-1004", CreatedAt = At(2, 8, 15), UpdatedAt = At(2, 8, 15) },
    new User { Id = Id("user", 5), Email = "pia@example.com", Name = "Pia Participant", Provider = "google", ProviderId = "google-1005", CreatedAt = At(2, 8, 20), UpdatedAt = At(2, 8, 20) },
    new User { Id = Id("user", 6), Email = "vic@example.com", Name = "Vic Viewer", Provider = "google", ProviderId = "google-1006", CreatedAt = At(2, 8, 25), UpdatedAt = At(2, 8, 25) },
    new User { Id = Id("user", 7), Email = "gone@example.com", Provider = "google", ProviderId = "google-1007", CreatedAt = At(2, 8, 30), UpdatedAt = At(5, 12), DeletedAt = At(5, 12) });

string[] guests = ["Noor", "Luca", "Ines", "Tariq", "Maja", "Felix", "Aiko", "Jonas", "Leila", "Oskar", "Priya", "Sam"];
await AddAsync([.. guests.Select((name, i) => new User { Id = Id("user", 8 + i), Email = $"{name.ToLowerInvariant()}@example.com", Name = $"{name} Guest", Provider = "google", ProviderId = $"google-{1008 + i}", CreatedAt = At(4, 9, i), UpdatedAt = At(4, 9, i) })]);

await AddAsync(
    new Session { Id = Id("session", 1), UserId = Id("user", 1), RefreshToken = Hash("seed-refresh-token-1"), ExpiresAt = At(35, 8), DeviceInfo = "Firefox on Linux", IpAddress = "192.0.2.10", LastUsedAt = At(5, 10), CreatedAt = At(5, 8) },
    new Session { Id = Id("session", 2), UserId = Id("user", 4), RefreshToken = Hash("seed-refresh-token-2"), ExpiresAt = At(35, 9), DeviceInfo = "Safari on iPhone", IpAddress = "192.0.2.11", LastUsedAt = At(5, 11), CreatedAt = At(5, 9) },
    new Session { Id = Id("session", 3), UserId = Id("user", 4), RefreshToken = Hash("seed-refresh-token-3"), ExpiresAt = At(35, 9, 30), DeviceInfo = "Chrome on Windows", IpAddress = "2001:db8::11", LastUsedAt = At(5, 9, 30), CreatedAt = At(5, 9, 30) });

await AddAsync(
    new TokenBlacklist { Id = Id("denied", 1), TokenHash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", ExpiresAt = At(5, 12), UserId = Id("user", 7), Reason = "logout", RevokedAt = At(5, 11, 30) });

await AddAsync(
    new App { Id = Id("app", 1), AppId = "lucky-draw", Name = "Lucky draw", Description = "Draws winners among those present", Version = "1.2.0", Manifest = Json("""{"entry": "/apps/lucky-draw", "permissions": ["participants.read", "winners.write"]}"""), CreatedAt = At(2, 9), UpdatedAt = At(2, 9) },
    new App { Id = Id("app", 2), AppId = "quiz", Name = "Quiz", Description = "Questions against the clock", Manifest = Json("""{"entry": "/apps/quiz", "permissions": ["participants.read"]}"""), CreatedAt = At(2, 9, 5), UpdatedAt = At(2, 9, 5) },
    new App { Id = Id("app", 3), AppId = "raffle-classic", Name = "Raffle", Description = "Replaced by the lucky draw", Version = "0.9.0", Manifest = Json("""{"entry": "/apps/raffle"}"""), IsActive = false, CreatedAt = At(2, 9, 10), UpdatedAt = At(4, 9), DeletedAt = At(4, 9) });

await AddAsync(
    new Room { Id = Id("room", 1), AppId = Id("app", 1), Title = "Spring raffle", Status = RoomStatus.Draft, MaxParticipants = 200, AppSettings = Json("""{"drawEvery": "PT10M"}"""), CreatedAt = At(3, 9), UpdatedAt = At(3, 9) },
    new Room { Id = Id("room", 2), AppId = Id("app", 1), Title = "Open-door day", Status = RoomStatus.Active, IsPublic = true, MaxParticipants = 500, AppSettings = Json("""{"drawEvery": "PT30M", "animated": true}"""), StartsAt = At(5, 8), CreatedAt = At(3, 9, 5), UpdatedAt = At(5, 8) },
    new Room { Id = Id("room", 3), AppId = Id("app", 2), Title = "Team quiz", Status = RoomStatus.Active, MaxParticipants = 40, AppSettings = Json("""{"secondsPerQuestion": 20}"""), StartsAt = At(5, 9), CreatedAt = At(3, 9, 10), UpdatedAt = At(5, 9) },
    new Room { Id = Id("room", 4), AppId = Id("app", 1), Title = "New Year draw", Status = RoomStatus.Completed, IsPublic = true, MaxParticipants = 300, AppSettings = Json("""{"drawEvery": "PT5M"}"""), StartsAt = At(2, 18), EndsAt = At(2, 20), CreatedAt = At(2, 10), UpdatedAt = At(2, 20) },
    new Room { Id = Id("room", 5), AppId = Id("app", 2), Title = "Rooftop quiz", Status = RoomStatus.Cancelled, IsPublic = true, StartsAt = At(4, 18), CreatedAt = At(2, 11), UpdatedAt = At(4, 12) });

await AddAsync(
    In(2, 1, user: 1, ParticipantRole.Admin, At(5, 8)),
    In(2, 2, user: 2, ParticipantRole.Organizer, At(5, 8, 1)),
    In(2, 3, user: 3, ParticipantRole.Moderator, At(5, 8, 2)),
    In(2, 4, user: 4, ParticipantRole.Participant, At(5, 8, 10), """{"ticket": "A-17"}"""),
    In(2, 5, user: 6, ParticipantRole.Viewer, At(5, 8, 20)),
    In(4, 6, user: 2, ParticipantRole.Organizer, At(2, 17, 50)),
    In(4, 7, user: 4, ParticipantRole.Participant, At(2, 18), """{"ticket": "N-1"}"""),
    In(4, 8, user: 5, ParticipantRole.Participant, At(2, 18, 5), """{"ticket": "N-2"}"""),
    In(3, 9, user: 3, ParticipantRole.Organizer, At(5, 9)),
    In(3, 10, user: 5, ParticipantRole.Participant, At(5, 9, 5), left: At(5, 9, 40)));

await AddAsync([.. guests.Select((_, i) => In(2, 11 + i, user: 8 + i, ParticipantRole.Participant, At(5, 8, 30 + i)))]);

await AddAsync(
    new Prize { Id = Id("prize", 1), RoomId = Id("room", 2), Name = "Bicycle", Position = 1, Metadata = Json("""{"sponsor": "Wheels & Co."}"""), CreatedAt = At(5, 8), UpdatedAt = At(5, 8) },
    new Prize { Id = Id("prize", 2), RoomId = Id("room", 2), Name = "Scooter", Position = 2, CreatedAt = At(5, 8), UpdatedAt = At(5, 8, 30), DeletedAt = At(5, 8, 30) },
    new Prize { Id = Id("prize", 5), RoomId = Id("room", 2), Name = "Coffee for two", Quantity = 5, Position = 3, CreatedAt = At(5, 8), UpdatedAt = At(5, 8) },
    new Prize { Id = Id("prize", 3), RoomId = Id("room", 4), Name = "Weekend for two", Position = 1, CreatedAt = At(2, 17), UpdatedAt = At(2, 17) },
    new Prize { Id = Id("prize", 4), RoomId = Id("room", 4), Name = "Book voucher", Quantity = 10, Position = 2, Metadata = Json("""{"value": 25, "currency": "EUR"}"""), CreatedAt = At(2, 17), UpdatedAt = At(2, 17) });

await AddAsync(
    new Winner { Id = Id("winner", 1), RoomId = Id("room", 4), ParticipantId = Id("part", 7), PrizeId = Id("prize", 3), Metadata = Json("""{"draw": 1}"""), WonAt = At(2, 19) },
    new Winner { Id = Id("winner", 2), RoomId = Id("room", 4), ParticipantId = Id("part", 8), PrizeId = Id("prize", 4), Metadata = Json("""{"draw": 2}"""), WonAt = At(2, 19, 5) },
    new Winner { Id = Id("winner", 3), RoomId = Id("room", 4), ParticipantId = Id("part", 6), PrizeId = Id("prize", 4), Metadata = Json("""{"draw": 3, "revoked": "organizers cannot win"}"""), WonAt = At(2, 19, 10), DeletedAt = At(2, 19, 11) });

foreach (var room in context.ChangeTracker.Entries<Participant>().Select(e => e.Entity).GroupBy(p => p.RoomId).ToList())
{
    context.AddRange(room.OrderBy(p => p.JoinedAt).Select((p, i) => new Ticket { RoomId = p.RoomId, Number = i + 1, ParticipantId = p.Id }));
}

// For a demonstration on one's own machine (`./run`): these two can sign in.
if (Environment.GetEnvironmentVariable("DEMO_PASSWORD") is { Length: > 0 } password)
{
    foreach (var id in (string[])[Id("user", 2), Id("user", 4)])
    {
        var user = (await context.Users.FindAsync(id))!;
        (user.PasswordHash, user.EmailVerified) = (PasswordHash(password), user.CreatedAt);
    }
}

// All or nothing: one save is one transaction.
Console.WriteLine($"{await context.SaveChangesAsync()} rows added");

async Task AddAsync<T>(params T[] rows)
    where T : class
{
    foreach (var row in rows)
    {
        // Those that were deleted softly are there, too.
        var id = (string)context.Entry(row).Property("Id").CurrentValue!;
        if (!await context.Set<T>().IgnoreQueryFilters().AnyAsync(r => EF.Property<string>(r, "Id") == id))
        {
            context.Add(row);
        }
    }
}

static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

// In a form that Sluice.Auth reads; it is replaced by its own at the first sign-in.
static string PasswordHash(string password)
{
    const int Iterations = 210_000;
    var salt = RandomNumberGenerator.GetBytes(16);
    var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA512, 32);
    return string.Create(CultureInfo.InvariantCulture, $"$pbkdf2-sha512$i={Iterations}${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(hash).TrimEnd('=')}");
}

static string Id(string kind, int number) => $"cmjseed000000{kind}{number.ToString(CultureInfo.InvariantCulture).PadLeft(12 - kind.Length, '0')}";

// Days of January 2026.
static DateTime At(int day, int hour, int minute = 0) => new DateTime(2026, 1, 1).AddDays(day - 1).AddHours(hour).AddMinutes(minute);

static JsonDocument Json(string text) => JsonDocument.Parse(text);

static Participant In(int room, int number, int user, ParticipantRole role, DateTime joined, string? metadata = null, DateTime? left = null) => new()
{
    Id = Id("part", number),
    RoomId = Id("room", room),
    UserId = Id("user", user),
    Role = role,
    Metadata = metadata is null ? null : Json(metadata),
    JoinedAt = joined,
    UpdatedAt = left ?? joined,
    DeletedAt = left,
};
