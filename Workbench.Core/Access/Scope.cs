namespace Workbench.Core.Access;

/// <summary>What a caller may do. Each scope includes those before it.</summary>
public enum Scope
{
    /// <summary>Ask models for predictions.</summary>
    Predict,

    /// <summary>See everything: the pages, the reading half of the API, downloads.</summary>
    Read,

    /// <summary>Change things: launch and stop studies, promote, move aliases, write notes.</summary>
    Write,

    /// <summary>Decide who may do what, and steer the job queue.</summary>
    Admin,
}
