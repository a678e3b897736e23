namespace Sluice.Postgres.Connecting;

internal static class AddressReader
{
    public static DatabaseAddress FromUrl(string url) => throw new NotImplementedException();

    public static DatabaseAddress? FromVariables(Func<string, string?> variable) => throw new NotImplementedException();

    public static DatabaseAddress WithLimits(DatabaseAddress address, Func<string, string?> variable) => throw new NotImplementedException();

    public static string Write(DatabaseAddress address, bool hidePassword) => throw new NotImplementedException();
}
