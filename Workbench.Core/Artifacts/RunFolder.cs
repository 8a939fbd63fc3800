namespace Workbench.Core.Artifacts;

/// <summary>Where the files lie that clients log: what they call <c>mlflow-artifacts:/path</c> is kept as <c>runs/path</c>.</summary>
public static class RunFolder
{
    /// <summary>The folder of all of them.</summary>
    public const string Name = "runs";
}
