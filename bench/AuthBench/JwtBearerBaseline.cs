using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Sluice.Bench.Auth;

/// <summary>Microsoft's own bearer authentication, and a denylist asked on every request: what a team of today puts together.</summary>
internal static class JwtBearerBaseline
{
    public static void Add(IServiceCollection services, string database, IDenylist denylist)
    {
        var key = KeyOf(database);
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(o =>
        {
            o.MapInboundClaims = false;
            o.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = "https://auth.example.com", ValidAudience = "https://api.example.com", ValidTypes = ["at+jwt"], ValidAlgorithms = ["ES256"],
                IssuerSigningKey = key, NameClaimType = "sub", RoleClaimType = "role",
            };
            o.Events = new JwtBearerEvents
            {
                OnTokenValidated = async context =>
                {
                    if (await denylist.HoldsAsync(((JsonWebToken)context.SecurityToken).EncodedToken))
                    {
                        context.Fail("revoked");
                    }
                },
            };
        });
        services.AddAuthorization();
    }

    // Usually fetched from the issuer's address, once as here.
    private static ECDsaSecurityKey KeyOf(string database)
    {
        using var pool = NpgsqlDataSource.Create(Designs.Pool(database, multiplexed: false).ConnectionString);
        using var command = pool.CreateCommand("""SELECT kid, "publicKey" FROM signing_keys""");
        using var reader = command.ExecuteReader();
        reader.Read();
        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(reader.GetFieldValue<byte[]>(1), out _);
        return new ECDsaSecurityKey(key) { KeyId = reader.GetString(0) };
    }
}
