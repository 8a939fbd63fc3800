using Workbench.Core.Search;
using Workbench.Core.Studies;
using Workbench.Core.Training;

namespace Workbench.Components.Launch;

/// <summary>A search space as it is typed. The pipeline says which parameters there have to be.</summary>
public sealed class SpaceForm
{
    private readonly Pipeline _pipeline;
    private readonly SearchSpace _own;

    /// <summary>Fills the form.</summary>
    /// <param name="given">What is to be edited.</param>
    /// <param name="own">The pipeline's own space; what <paramref name="given"/> lacks of it is added.</param>
    /// <param name="pipeline">Says what it can use.</param>
    public SpaceForm(SearchSpace given, SearchSpace own, Pipeline pipeline)
    {
        (_pipeline, _own) = (pipeline, own);
        Parameters = [.. given.Concat(own.Where(p => given.Find(p.Name) is null)).Select(p => new ParameterForm(
            p, own.Find(p.Name), pipeline.Parameters.FirstOrDefault(known => known.Name == p.Name)))];
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
            Collect(faults, () =>
            {
                foreach (var (parameter, message) in StudyRequest.SpaceFaults(Read(), _pipeline))
                {
                    Add(faults, parameter, message);
                }
            });
        }
        return faults;
    }

    /// <summary>The space as typed.</summary>
    /// <exception cref="SearchException">It is faulty.</exception>
    public SearchSpace Read() => new(Parameters.Select(p => p.Read()));

    /// <summary>The space as typed; null while it is faulty.</summary>
    public SearchSpace? TryRead() => Faults().Count == 0 ? Read() : null;

    /// <summary>The names of parameters that differ from the pipeline's own; of faulty ones that can't be told.</summary>
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
            Add(faults, exception.Parameter ?? "", exception.Message);
        }
    }

    private static void Add(Dictionary<string, string> faults, string name, string message)
    {
        var prefix = $"{name}: ";
        // Shown beside the parameter, its name need not be said again.
        faults[name] = Format.Sentence(message.StartsWith(prefix, StringComparison.Ordinal) ? message[prefix.Length..] : message);
    }
}
