using System.Security.Cryptography;

namespace Workbench.Mlflow;

/// <summary>Names for runs whose client gives none: easy to say, and to tell apart.</summary>
internal static class RunNames
{
    private static readonly string[] Adjectives =
    [
        "able", "bold", "brave", "bright", "calm", "clean", "clever", "crisp", "eager", "fair", "fast", "fine", "gentle", "glad", "grand", "happy",
        "keen", "kind", "light", "lively", "loyal", "lucky", "merry", "neat", "noble", "proud", "quick", "quiet", "rare", "sharp", "smart", "steady",
    ];

    private static readonly string[] Nouns =
    [
        "ant", "bear", "bee", "crane", "crow", "deer", "dove", "duck", "eagle", "elk", "finch", "fox", "frog", "goat", "goose", "hare",
        "hawk", "heron", "horse", "jay", "lark", "lynx", "mole", "moose", "newt", "otter", "owl", "robin", "seal", "swan", "trout", "wren",
    ];

    public static string Next() => FormattableString.Invariant(
        $"{Adjectives[RandomNumberGenerator.GetInt32(Adjectives.Length)]}-{Nouns[RandomNumberGenerator.GetInt32(Nouns.Length)]}-{RandomNumberGenerator.GetInt32(1000)}");
}
