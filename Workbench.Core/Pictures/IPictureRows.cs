namespace Workbench.Core.Pictures;

/// <summary>Takes a picture row by row as it is decoded, from whichever end.</summary>
internal interface IPictureRows
{
    /// <summary>Adds a row of one byte a pixel.</summary>
    void AddGrey(int y, ReadOnlySpan<byte> pixels);

    /// <summary>Adds a row of four bytes a pixel: red, green, blue, not multiplied with the alpha, and that.</summary>
    void AddColour(int y, ReadOnlySpan<byte> pixels);
}
