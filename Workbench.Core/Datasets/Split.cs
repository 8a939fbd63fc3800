namespace Workbench.Core.Datasets;

/// <summary>Which images are trained on and which are for validation only.</summary>
/// <param name="Train">Indices into the dataset, without order.</param>
/// <param name="Validation">Indices into the dataset; none of them is in <paramref name="Train"/>.</param>
public sealed record Split(int[] Train, int[] Validation);
