namespace Workbench.Core.Configuration;

/// <summary>Makes texts that people wrote fit to be shown.</summary>
internal static class SafeText
{
    /// <summary>The text without what stands before an @ or after a ?: in an address, that is where passwords and signatures are.</summary>
    public static string WithoutSecrets(string text)
    {
        var address = text.Split('?')[0] is var path && path.Length < text.Length ? $"{path}?…" : text;
        return address.LastIndexOf('@') is var at and >= 0 ? $"…{address[at..]}" : address;
    }
}
