using System.ComponentModel.DataAnnotations;
using Workbench.Core.Configuration;

namespace Workbench.Core.Mirroring;

/// <summary>The tracking server that studies are mirrored to. Its names are ours or, for want of them, those that MLflow's users have in their
/// environment.</summary>
public sealed class MirrorOptions
{
    /// <summary>The address that says that nothing is mirrored, whatever the environment says.</summary>
    public const string Off = "off";

    /// <summary>The server, as in <c>https://mlflow.example.org</c>; null, or an address of another kind, for none.</summary>
    [Setting("Workbench:Mirror:Uri", "MLFLOW_TRACKING_URI")]
    [HttpAddress(ErrorMessage = "the address of an MLflow server, such as https://mlflow.example.org")]
    public string? Address { get; set; }

    /// <summary>The token that is sent to it as <c>Authorization: Bearer</c>, unless there are a user and a password.</summary>
    [Setting("Workbench:Mirror:Token", "MLFLOW_TRACKING_TOKEN", Secret = true)]
    public string? Token { get; set; }

    /// <summary>The user, for a server that asks for one with a password.</summary>
    [Setting("Workbench:Mirror:User", "MLFLOW_TRACKING_USERNAME")]
    public string? User { get; set; }

    /// <summary>The user's password.</summary>
    [Setting("Workbench:Mirror:Password", "MLFLOW_TRACKING_PASSWORD", Secret = true)]
    public string? Password { get; set; }

    /// <summary><c>true</c> (or 1) when any certificate is taken from it, also one that no authority has signed.</summary>
    [Setting("Workbench:Mirror:InsecureTls", "MLFLOW_TRACKING_INSECURE_TLS")]
    [RegularExpression("(?i)true|false|1|0", ErrorMessage = "true or false")]
    public string? InsecureTls { get; set; }

    /// <summary>Whether the server's certificate is not looked at.</summary>
    internal bool TrustsAnyCertificate => InsecureTls?.Trim().ToUpperInvariant() is "TRUE" or "1";

    /// <summary>The server without what signs in, ending with a slash; null when nothing is mirrored.</summary>
    public Uri? Server => IsHttp(Address) && Parse(Address!) is { } address
        ? new UriBuilder(address.Scheme, address.Host, address.Port, $"{address.AbsolutePath.TrimEnd('/')}/").Uri
        : null;

    /// <summary>The address when it is of a kind that nothing is mirrored to, such as <c>file:./mlruns</c>; null otherwise.</summary>
    public string? Unusable => string.IsNullOrWhiteSpace(Address) || IsHttp(Address) || Address.Equals(Off, StringComparison.OrdinalIgnoreCase)
        ? null
        : SafeText.WithoutSecrets(Address);

    /// <summary>User and password: as they are set, else as the address has them; null when one is missing.</summary>
    internal (string User, string Password)? Account =>
        (User, Password) is ({ } user, { } password) ? (user, password)
        : Parse(Address ?? "")?.UserInfo.Split(':', 2) is [{ Length: > 0 } name, var secret] ? (Uri.UnescapeDataString(name), Uri.UnescapeDataString(secret))
        : null;

    private static bool IsHttp(string? text) =>
        text?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true || text?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true;

    private static Uri? Parse(string text) => Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address) && address.Host.Length > 0 ? address : null;

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class HttpAddressAttribute : ValidationAttribute
    {
        // Those of other kinds are other programs' affair.
        public override bool IsValid(object? value) => value is not string text || !IsHttp(text) || Parse(text) is { Query: "", Fragment: "" };
    }
}
