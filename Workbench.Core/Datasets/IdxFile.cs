using System.Buffers.Binary;

namespace Workbench.Core.Datasets;

/// <summary>
/// The idx format of MNIST: two zero bytes, the element type, the number of dimensions, each dimension as a big-endian
/// 32-bit integer, then the elements, the last dimension fastest.
/// </summary>
internal static class IdxFile
{
    private const byte UnsignedByte = 0x08;

    /// <summary>Reads a file of unsigned bytes.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="shape">The dimensions it must have; 0 stands for any.</param>
    /// <returns>The elements, in the memory of the file.</returns>
    /// <exception cref="DatasetException">It is no such file, or has other dimensions or another length.</exception>
    public static ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> file, string name, params ReadOnlySpan<int> shape)
    {
        var bytes = file.Span;
        if (bytes.Length < 4 || bytes[0] != 0 || bytes[1] != 0)
            throw new DatasetException($"{name}: not an idx file.");
        if (bytes[2] != UnsignedByte)
            throw new DatasetException($"{name}: elements of type 0x{bytes[2]:x2} instead of unsigned bytes (0x08).");
        if (bytes[3] != shape.Length)
            throw new DatasetException($"{name}: {bytes[3]} dimensions instead of {shape.Length}.");
        var start = 4 + 4 * shape.Length;
        if (bytes.Length < start)
            throw new DatasetException($"{name}: cut off within its header.");
        UInt128 elements = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            var found = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 + 4 * i)..]);
            if (shape[i] != 0 && found != shape[i])
                throw new DatasetException($"{name}: dimension {i} is {found} instead of {shape[i]}.");
            elements *= found;
        }
        if (elements != (UInt128)(bytes.Length - start))
            throw new DatasetException($"{name}: {bytes.Length - start} bytes of elements instead of {elements}.");
        return file[start..];
    }
}
