using System.Runtime.CompilerServices;
using TorchSharp;
using Workbench.Core.Datasets;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>The features of all images of a dataset, as the backbone gives them. Read only; safe for use by several threads.</summary>
internal sealed class Features(Tensor values) : IDisposable
{
    // Trainings of a study have the same split: its statistics are computed once and go when the split goes.
    private readonly ConditionalWeakTable<int[], Tuple<float[], float[]>> _statistics = [];

    /// <summary>Images × features, 32-bit floats.</summary>
    public Tensor Values => values;

    /// <summary>Mean and standard deviation of every feature over some of the images.</summary>
    /// <param name="split">Its training part is looked at; null looks at all images.</param>
    /// <returns>Two arrays, one number a feature; no deviation is zero.</returns>
    public (float[] Mean, float[] Deviation) Statistics(Split? split)
    {
        var (mean, deviation) = split is null ? Measure(null) : _statistics.GetValue(split.Train, Measure);
        return (mean, deviation);
    }

    private Tuple<float[], float[]> Measure(int[]? images)
    {
        using var scope = NewDisposeScope();
        using Scalar least = 1e-4;
        var rows = images is null ? values : values.index_select(0, images.ToIndices());
        // A feature that is the same for every image is of no use and must not become infinite.
        return Tuple.Create(rows.mean([0]).data<float>().ToArray(), rows.std(0, unbiased: false).clamp_min(least).data<float>().ToArray());
    }

    /// <inheritdoc />
    public void Dispose() => values.Dispose();
}
