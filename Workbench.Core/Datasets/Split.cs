namespace Workbench.Core.Datasets;

/// <summary>Which images are trained on and which are for validation only.</summary>
/// <param name="Train">Indices into the data set, without order.</param>
/// <param name="Validation">Indices into the data set; none of them is in <paramref name="Train"/>.</param>
public sealed record Split(int[] Train, int[] Validation);
