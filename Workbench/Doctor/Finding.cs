namespace Workbench.Doctor;

/// <summary>How something stands.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>The workbench works, but this should be looked at.</summary>
    Warn,

    /// <summary>The workbench does not work with it.</summary>
    Fail,
}

/// <summary>What was found of one thing, in a line.</summary>
/// <param name="Verdict">How it stands.</param>
/// <param name="What">The thing, in a word or two.</param>
/// <param name="Detail">What was found and, unless it is well, what to do.</param>
internal sealed record Finding(Verdict Verdict, string What, string Detail)
{
    public static Finding Ok(string what, string detail) => new(Verdict.Ok, what, detail);

    public static Finding Warn(string what, string detail) => new(Verdict.Warn, what, detail);

    public static Finding Fail(string what, string detail) => new(Verdict.Fail, what, detail);
}
