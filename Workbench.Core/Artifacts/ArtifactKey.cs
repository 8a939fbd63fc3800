using System.Text;

namespace Workbench.Core.Artifacts;

/// <summary>The rules that keep a key inside its store; see <see cref="IArtifactStore"/>.</summary>
public static class ArtifactKey
{
    /// <summary>S3's own limit.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The limit of the usual file systems.</summary>
    public const int MaxSegmentBytes = 255;

    /// <summary>Returns the key if it keeps the rules.</summary>
    /// <exception cref="ArgumentException">It breaks one.</exception>
    public static string Validate(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.StartsWith('.') || key.Split('/').Any(segment => segment is "" or "." or ".." || Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
            || key.Any(character => character == '\\' || char.IsControl(character))
            || Encoding.UTF8.GetByteCount(key) > MaxBytes)
            throw new ArgumentException($"'{key}' is not a key of an artifact.", nameof(key));
        return key;
    }

    /// <summary>What the keys beneath a prefix start with: "a/b/" for "a/b" and for "a/b/", nothing for nothing.</summary>
    /// <exception cref="ArgumentException">It breaks a rule for keys.</exception>
    internal static string Beneath(string prefix) => prefix.Length == 0 ? "" : Validate(prefix.EndsWith('/') ? prefix[..^1] : prefix) + "/";
}
