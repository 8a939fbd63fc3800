namespace Workbench.Core.Datasets;

/// <summary>The data sets by name, each loaded at most once in the life of the process.</summary>
public static class DatasetCatalog
{
    private static readonly Dictionary<string, Func<Dataset>> Loaders = new() { ["mnist"] = () => Mnist.Load() };
    private static readonly Dictionary<string, Dataset> Loaded = [];

    /// <summary>The known names.</summary>
    public static IReadOnlyCollection<string> Names => Loaders.Keys;

    /// <summary>The data set of a name, from memory if it was asked for before. The first call may take half a second.</summary>
    /// <exception cref="DatasetException">The name is unknown, or the files are missing or damaged.</exception>
    public static Dataset Get(string name)
    {
        if (!Loaders.TryGetValue(name, out var load))
            throw new DatasetException($"There is no data set \"{name}\". There is: {string.Join(", ", Names)}.");
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(name, out var dataset))
                Loaded[name] = dataset = load();
            return dataset;
        }
    }
}
