namespace Workbench.Components.Launch;

/// <summary>What is wrong with a study to launch, by field: what shows as it is typed, and what the workbench refused.</summary>
/// <param name="typed">What the form finds wrong.</param>
/// <param name="refused">The field that the workbench refused, and why; null for none.</param>
internal sealed class LaunchFaults(IReadOnlyDictionary<string, string> typed, (string Field, string Message)? refused = null)
{
    /// <summary>Whether the form lets the study be launched. What was refused may be tried again.</summary>
    public bool None => typed.Count == 0;

    /// <summary>Everything, by field.</summary>
    public IReadOnlyDictionary<string, string> All
    {
        get
        {
            var all = new Dictionary<string, string>(typed);
            if (refused is { } one)
            {
                all.TryAdd(one.Field, one.Message);
            }
            return all;
        }
    }

    /// <summary>What is wrong with a field; null for nothing.</summary>
    public string? Of(string field) => typed.GetValueOrDefault(field) ?? (refused?.Field == field ? refused?.Message : null);

    /// <summary>What is wrong in a section: "searchSpace" and all of "searchSpace.…", by what follows the section's name.</summary>
    public IReadOnlyDictionary<string, string> Within(string section) => All
        .Where(fault => fault.Key == section || fault.Key.StartsWith($"{section}.", StringComparison.Ordinal))
        .ToDictionary(fault => fault.Key.Length == section.Length ? "" : fault.Key[(section.Length + 1)..], fault => fault.Value);

    /// <summary>The first of a section as a sentence; null for none.</summary>
    public string? First(string section) => Within(section) is not { Count: > 0 } faults ? null
        : faults.First() is { Key.Length: > 0 } fault ? $"{fault.Key}: {char.ToLowerInvariant(fault.Value[0])}{fault.Value[1..]}"
        : faults.First().Value;
}
