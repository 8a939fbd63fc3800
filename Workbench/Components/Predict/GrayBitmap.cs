using System.Buffers.Binary;

namespace Workbench.Components.Predict;

/// <summary>Shows grey pixels in an image element: as a BMP file in a data URI, which browsers draw without further help.</summary>
internal static class GrayBitmap
{
    private const int FileHeader = 14;
    private const int InfoHeader = 40;
    private const int Palette = 256 * 4;

    /// <summary>The image as a data URI.</summary>
    /// <param name="pixels">Row by row from the top, 0 black, 255 white.</param>
    /// <param name="width">Pixels in a row; a multiple of 4, as a BMP's rows are.</param>
    public static string DataUri(ReadOnlySpan<byte> pixels, int width)
    {
        const int start = FileHeader + InfoHeader + Palette;
        var file = new byte[start + pixels.Length];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        Write(2, file.Length);
        Write(10, start);
        Write(14, InfoHeader);
        Write(18, width);
        // A negative height: the first row is the top one.
        Write(22, -(pixels.Length / width));
        file[26] = 1;
        file[28] = 8;
        for (var gray = 0; gray < 256; gray++)
        {
            file.AsSpan(FileHeader + InfoHeader + gray * 4, 3).Fill((byte)gray);
        }
        pixels.CopyTo(file.AsSpan(start));
        return $"data:image/bmp;base64,{Convert.ToBase64String(file)}";

        void Write(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
    }
}
