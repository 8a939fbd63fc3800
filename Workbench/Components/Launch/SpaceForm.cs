using Workbench.Core.Search;

namespace Workbench.Components.Launch;

/// <summary>A search space as it is typed. The pipeline says which parameters there have to be.</summary>
public sealed class SpaceForm
{
    private readonly SearchSpace _own;

    /// <summary>Fills the form.</summary>
    /// <param name="given">What is to be edited.</param>
    /// <param name="own">The pipeline's own space: what <paramref name="given"/> lacks of it is added.</param>
    public SpaceForm(SearchSpace given, SearchSpace own)
    {
        _own = own;
        Parameters = [.. given.Concat(own.Where(p => given.Find(p.Name) is null)).Select(p => new ParameterForm(p, own.Find(p.Name)))];
    }

    /// <summary>The parameters, in order.</summary>
    public IList<ParameterForm> Parameters { get; }

    /// <summary>What is wrong, by parameter; the name is empty when the fault lies in the whole.</summary>
    public Dictionary<string, string> Faults()
    {
        var faults = new Dictionary<string, string>();
        foreach (var parameter in Parameters)
        {
            Collect(faults, () => parameter.Read());
        }
        if (faults.Count == 0)
        {
            Collect(faults, () => Read());
        }
        return faults;
    }

    /// <summary>The space as typed.</summary>
    /// <exception cref="SearchException">It is faulty.</exception>
    public SearchSpace Read() => new(Parameters.Select(p => p.Read()));

    /// <summary>The space as typed; null while it is faulty.</summary>
    public SearchSpace? TryRead() => Faults().Count == 0 ? Read() : null;

    /// <summary>The names of parameters that differ from the pipeline's own; of faulty ones nobody can tell.</summary>
    public IReadOnlyList<string> Changed() =>
        TryRead() is { } space ? [.. space.Where(p => !p.Equals(_own.Find(p.Name))).Select(p => p.Name)] : [];

    /// <summary>What it holds, in a few words.</summary>
    public override string ToString() => $"{Parameters.Count} parameters{(Changed().Count is > 0 and var changed ? $", {changed} changed" : "")}";

    private static void Collect(Dictionary<string, string> faults, Action check)
    {
        try
        {
            check();
        }
        catch (SearchException exception)
        {
            var name = exception.Parameter ?? "";
            var prefix = $"{name}: ";
            // Shown beside the parameter, its name need not be said again.
            var message = exception.Message.StartsWith(prefix, StringComparison.Ordinal) ? exception.Message[prefix.Length..] : exception.Message;
            faults[name] = Format.Sentence(message);
        }
    }
}
