using System.Diagnostics.CodeAnalysis;
using Workbench.Tests.Commands;

namespace Workbench.Tests.Api;

/// <summary>Tests that share one server.</summary>
[CollectionDefinition(Name)]
[SuppressMessage("Naming", "CA1711", Justification = "xUnit calls it a collection.")]
public sealed class ServedCollection : ICollectionFixture<ServedWorkbench>
{
    public const string Name = "Served";
}
