using Workbench.Core.Models;
using Workbench.Core.Preparations;

namespace Workbench.Core.Serving;

/// <summary>A version of a model that is ready to answer.</summary>
public sealed class ServedModel
{
    internal ServedModel(string model, int version, ModelManifest manifest, Preparation preparation, BatchingModel network) =>
        (Model, Version, Manifest, Preparation, Network) = (model, version, manifest, preparation, network);

    /// <summary>The model's name.</summary>
    public string Model { get; }

    /// <summary>The number of the version.</summary>
    public int Version { get; }

    /// <summary>What it is.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>How its pictures are prepared.</summary>
    public Preparation Preparation { get; }

    internal BatchingModel Network { get; }
}
