using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Workbench.Core.Configuration;

namespace Workbench;

/// <summary>What stands between the workbench and its users.</summary>
internal sealed class ProxyOptions : IValidatableObject
{
    private static readonly char[] Separators = [',', ';', ' '];

    /// <summary>The path beneath which the workbench lies, such as <c>/workbench</c>; null for none. A proxy passes it on.</summary>
    [Setting("Workbench:PathBase", Option = "--path-base")]
    [RegularExpression("(/[A-Za-z0-9._~-]+)+/?", ErrorMessage = "a path such as /workbench")]
    public string? PathBase { get; set => field = value?.TrimEnd('/'); }

    /// <summary>The proxies whose forwarded headers are believed, as addresses and networks, separated by commas; null for none.</summary>
    [Setting("Workbench:Proxies")]
    public string? Proxies { get; set; }

    /// <summary>The proxies, each as a network.</summary>
    public IReadOnlyList<IPNetwork> Networks => [.. Named.Select(name => Parse(name)!.Value)];

    private string[] Named => (Proxies ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from name in Named
        where Parse(name) is null
        select new ValidationResult($"Workbench:Proxies has '{name}'; it must be addresses and networks such as 10.0.0.5, 10.1.0.0/16, fd00::/8.");

    // .NET takes 10.5 for 10.0.0.5, too, and some releases 10.1.2.3/8 for 10.0.0.0/8: hardly what was meant.
    private static IPNetwork? Parse(string name) =>
        IPNetwork.TryParse(name, out var network) && IsAsWritten(network.BaseAddress, name[..name.IndexOf('/', StringComparison.Ordinal)]) ? network
        : IPAddress.TryParse(name, out var address) && IsAsWritten(address, name) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;

    private static bool IsAsWritten(IPAddress address, string text) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.Parse(text).Equals(address) : address.ToString() == text;
}
