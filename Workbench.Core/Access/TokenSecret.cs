using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Workbench.Core.Access;

/// <summary>The secret of an access token. Of a token that was issued only the hash is kept: 256 random bits can't be found by trying, so a
/// plain SHA-256 is enough.</summary>
public static class TokenSecret
{
    /// <summary>How many characters of a secret may be shown to tell tokens apart.</summary>
    public const int PrefixLength = 8;

    private const string Start = "wb_";
    private const int RandomBytes = 32;

    /// <summary>A new secret: <c>wb_</c> and 43 letters, digits, - and _ characters.</summary>
    public static string Create() => Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>Whether a text has the form of a secret that <see cref="Create"/> makes: such a one can't be guessed.</summary>
    public static bool IsCreated(string text) =>
        text.StartsWith(Start, StringComparison.Ordinal) && Base64Url.IsValid(text.AsSpan(Start.Length), out var length) && length == RandomBytes;

    /// <summary>What is kept of a secret: its SHA-256, 32 bytes.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
