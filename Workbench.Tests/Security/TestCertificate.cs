using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Workbench.Tests.Security;

/// <summary>A certificate that only tests trust.</summary>
internal static class TestCertificate
{
    public const string Subject = "CN=localhost";

    /// <summary>Writes one and its key into a folder, as <c>workbench.crt</c> and <c>workbench.key</c>, and both as <c>workbench.pfx</c>.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <param name="password">Of the latter; null for none.</param>
    public static void Write(string folder, string? password = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest(Subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "workbench.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "workbench.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllBytes(Path.Combine(folder, "workbench.pfx"), certificate.Export(X509ContentType.Pfx, password));
    }
}
