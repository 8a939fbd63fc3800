namespace Workbench.Core.Search;

/// <summary>
/// A search space, a parameter set or an option of a sampler or pruner is not valid. The message is written for the person
/// who typed the value: it names the parameter, the value and what would be right.
/// </summary>
public sealed class SearchException : Exception
{
    /// <summary>Creates an exception about a whole space or about settings.</summary>
    public SearchException(string message) : base(message) { }

    /// <summary>Creates an exception about one parameter or option.</summary>
    public SearchException(string parameter, string message) : base(message) => Parameter = parameter;

    /// <summary>Name of the parameter or option at fault; null when the fault lies in the whole.</summary>
    public string? Parameter { get; }
}
