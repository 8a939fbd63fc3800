namespace Workbench.Core.Datasets;

/// <summary>A decoded picture: upright, without transparency (which is taken for white).</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Values">Width × height × channels bytes from 0 (dark) to 255, row by row, the channels of a pixel side by side.</param>
public sealed record Pixels(int Width, int Height, int Channels, byte[] Values);
