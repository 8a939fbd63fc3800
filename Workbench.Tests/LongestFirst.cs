using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Workbench.Tests.LongestFirst", "Workbench.Tests")]

namespace Workbench.Tests;

/// <summary>
/// Tests that share a server run one after the other, for minutes: they begin first, those of the pages before all. Else they would be what is left
/// at the end of the run, and its cores would wait for them.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections
        .OrderByDescending(collection => collection.DisplayName == Browser.PageTests.Name)
        .ThenByDescending(collection => collection.CollectionDefinition is not null)
        .ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);
}
