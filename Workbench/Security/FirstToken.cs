using System.Security.Cryptography;
using Workbench.Core.Access;
using Workbench.Core.Platform;

namespace Workbench.Security;

/// <summary>The token that is there from the first start, with every right: <c>Workbench:Token</c>, or one that is made and kept in the data
/// folder, where only the workbench's own user can read it.</summary>
internal sealed class FirstToken
{
    private readonly byte[] _hash;

    private FirstToken(string secret, bool isGenerated)
    {
        (Secret, IsGenerated, _hash) = (secret, isGenerated, TokenSecret.Hash(secret));
        // A cookie tells of which first token it is, without telling the token.
        Grant = new Grant(Core.Tracking.TokenStore.FirstTokenName, Scope.Admin, $"first-{Convert.ToHexStringLower(SHA256.HashData(_hash).AsSpan(0, 8))}");
    }

    /// <summary>The token itself.</summary>
    public string Secret { get; }

    /// <summary>Whether the workbench made it; then it may be printed.</summary>
    public bool IsGenerated { get; }

    /// <summary>What it grants.</summary>
    public Grant Grant { get; }

    /// <summary>The configured token; else the one in the data folder, which is made if need be.</summary>
    /// <exception cref="StartupException">The file can't be read or made.</exception>
    public static FirstToken Open(AccessOptions options, DataDirectory data)
    {
        if (options.Token is { } configured)
        {
            return new FirstToken(configured, isGenerated: false);
        }
        var path = Path.Combine(data.Path, "token");
        try
        {
            return new FirstToken(Read(path) ?? Create(path), isGenerated: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The token in {path} can't be used: {exception.Message} Remove the file, or set Workbench:Token.", exception);
        }
    }

    /// <summary>Whether this is it; takes the same time, whatever is asked.</summary>
    public bool Is(byte[] hash) => CryptographicOperations.FixedTimeEquals(_hash, hash);

    private static string? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        var secret = File.ReadAllText(path).Trim();
        return TokenSecret.IsCreated(secret) ? secret : throw new IOException("It holds no token.");
    }

    private static string Create(string path)
    {
        var secret = TokenSecret.Create();
        // Written aside and moved into place: of processes that start together all read the one that came first, and none reads half of it.
        var own = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var file = new StreamWriter(own, options))
        {
            file.WriteLine(secret);
        }
        try
        {
            File.Move(own, path, overwrite: false);
            return secret;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(own);
            return Read(path)!;
        }
    }
}
