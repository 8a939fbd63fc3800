namespace Workbench.Core.Datasets;

/// <summary>A place where datasets are: those that come with the program, and those that were imported. One registration makes it known.</summary>
public interface IDatasetSource
{
    /// <summary>The newest version of every dataset it has. Quick: no dataset is loaded for it.</summary>
    Task<IReadOnlyList<DatasetSummary>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Opens a dataset.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">The version; null for the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it has none of that name and version.</returns>
    /// <exception cref="DatasetException">Its files are missing or damaged.</exception>
    Task<Dataset?> OpenAsync(string name, int? version, CancellationToken cancellationToken = default);
}
