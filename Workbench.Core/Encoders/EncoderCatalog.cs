using Workbench.Core.Datasets;

namespace Workbench.Core.Encoders;

/// <summary>The encoders by name, as they are registered.</summary>
public sealed class EncoderCatalog(IEnumerable<Encoder> encoders)
{
    /// <summary>All encoders, in the order of their registration.</summary>
    public IReadOnlyList<Encoder> All { get; } = [.. encoders];

    /// <summary>The encoder to propose for a dataset.</summary>
    public Encoder Propose(DatasetSchema schema) => All.FirstOrDefault(encoder => encoder.Suits(schema)) ?? All[0];

    /// <summary>The encoder of a name; null when there is none.</summary>
    public Encoder? Find(string name) => All.FirstOrDefault(encoder => encoder.Name == name);
}
