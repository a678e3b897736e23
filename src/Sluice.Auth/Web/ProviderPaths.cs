namespace Sluice.Auth.Web;

/// <summary>Where the authorization server answers, below the prefix: said to clients by discovery.</summary>
internal static class ProviderPaths
{
    public const string Authorize = "/oauth2/authorize";
    public const string Token = "/oauth2/token";
    public const string UserInfo = "/oauth2/userinfo";
    public const string EndSession = "/oauth2/end-session";
}
