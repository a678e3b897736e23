using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Auth.Settings;

namespace Sluice.Auth.Lockout;

/// <summary>Who is at the other end, seen through proxies that the host trusts and no others.</summary>
internal sealed class TrustedProxies(IEnumerable<string> networks, Countries? countries = null)
{
    private readonly IPNetwork[] trusted = [.. networks.Select(Parse)];

    /// <summary>Puts the client's address and country where everything after this reads them.</summary>
    public void Apply(HttpContext context)
    {
        var peer = Plain(context.Connection.RemoteIpAddress);
        context.Connection.RemoteIpAddress = Client(peer, context.Request.Headers["X-Forwarded-For"]);
        countries?.Apply(context, peer is not null && trusted.Any(t => t.Contains(peer)));
    }

    /// <summary>Walks back from our peer: each hop is believed because the one before it is trusted. The left end is anybody's to write.</summary>
    public IPAddress? Client(IPAddress? peer, IEnumerable<string?> forwardedFor)
    {
        var client = Plain(peer);
        if (trusted.Length == 0)
        {
            return client;
        }

        var hops = string.Join(',', forwardedFor).Split(',');
        for (var i = hops.Length - 1; i >= 0 && client is not null && trusted.Any(t => t.Contains(client)); i--)
        {
            if (!TryRead(hops[i].Trim(), out var hop))
            {
                break;
            }

            client = Plain(hop);
        }

        return client;
    }

    // `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
    private static bool TryRead(string hop, out IPAddress? address)
    {
        address = null;
        if (IPEndPoint.TryParse(hop, out var end))
        {
            address = end.Address;
        }

        return address is not null;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static IPNetwork Parse(string text) =>
        IPNetwork.TryParse(text, out var network) ? network : new IPNetwork(IPAddress.Parse(text), IPAddress.Parse(text).GetAddressBytes().Length * 8);
}
