using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Workbench.Core.Models;

/// <summary>
/// Named tensors of 32-bit floats in one file, after the format of Hugging Face's safetensors: the header's length as a
/// little-endian 64-bit integer, the header as JSON, then the values, without gaps.
/// </summary>
/// <param name="Tensors">The tensors by name.</param>
/// <param name="Metadata">Texts by name, for whatever the reader should know.</param>
public sealed record Safetensors(IReadOnlyDictionary<string, Safetensors.Values> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    // The format's own limit: a longer header is an attack or an accident.
    private const int LongestHeader = 100_000_000;

    /// <summary>A tensor's dimensions and its values, the last dimension fastest.</summary>
    /// <param name="Shape">The dimensions; none for a scalar.</param>
    /// <param name="Data">As many values as the product of the dimensions.</param>
    public sealed record Values(long[] Shape, float[] Data);

    /// <summary>The file's bytes. The same content gives the same bytes: tensors are written in the order of their names.</summary>
    public byte[] ToBytes()
    {
        var inOrder = Tensors.OrderBy(tensor => tensor.Key, StringComparer.Ordinal).ToArray();
        var header = Header(inOrder.Select(tensor => (tensor.Key, tensor.Value.Shape)), Metadata);
        var bytes = new byte[header.Length + inOrder.Sum(tensor => tensor.Value.Data.Length * sizeof(float))];
        header.CopyTo(bytes, 0);
        var at = header.Length;
        foreach (var (_, tensor) in inOrder)
        {
            MemoryMarshal.AsBytes(tensor.Data.AsSpan()).CopyTo(bytes.AsSpan(at));
            at += tensor.Data.Length * sizeof(float);
        }
        return bytes;
    }

    /// <summary>Reads a file. Every byte has to be accounted for.</summary>
    /// <exception cref="FormatException">It is cut off, malformed, inconsistent, or holds something other than 32-bit floats.</exception>
    public static Safetensors Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < sizeof(ulong))
            throw new FormatException("Not a safetensors file: it is shorter than its header's length.");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (length > LongestHeader)
            throw new FormatException($"Not a safetensors file: its header would have {length} bytes.");
        if (length > (ulong)(file.Length - sizeof(ulong)))
            throw new FormatException("The safetensors file is cut off within its header.");
        var data = file[(sizeof(ulong) + (int)length)..];
        Dictionary<string, string> metadata = [];
        List<(string Name, long[] Shape, long Begin, long End)> entries = [];
        try
        {
            var json = file.Slice(sizeof(ulong), (int)length).ToArray();
            using var header = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            foreach (var property in header.RootElement.EnumerateObject())
            {
                if (property.NameEquals("__metadata__"))
                    metadata = property.Value.EnumerateObject().ToDictionary(text => text.Name, text => text.Value.GetString()!);
                else
                    entries.Add(ReadEntry(property.Name, property.Value));
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"The header of the safetensors file is malformed: {failure.Message}", failure);
        }
        return new Safetensors(ReadValues(entries, data), metadata);
    }

    /// <summary>The length and the header of a file whose tensors follow in this order.</summary>
    internal static byte[] Header(IEnumerable<(string Name, long[] Shape)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var header = new MemoryStream();
        header.Write(stackalloc byte[sizeof(ulong)]);
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (name, text) in metadata.OrderBy(text => text.Key, StringComparer.Ordinal))
                    json.WriteString(name, text);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, shape) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                WriteArray(json, "shape", shape);
                var end = offset + shape.Aggregate((long)sizeof(float), (size, dimension) => size * dimension);
                WriteArray(json, "data_offsets", offset, end);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        // Blanks after the JSON, as the format allows, so that the values are aligned.
        while (header.Length % sizeof(ulong) != 0)
            header.WriteByte((byte)' ');
        var bytes = header.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, bytes.Length - sizeof(ulong));
        return bytes;
    }

    private static void WriteArray(Utf8JsonWriter json, string name, params ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static (string Name, long[] Shape, long Begin, long End) ReadEntry(string name, JsonElement entry)
    {
        var type = entry.GetProperty("dtype").GetString();
        if (type != "F32")
            throw new FormatException($"Tensor \"{name}\" has elements of type {type}; only F32 is known.");
        var shape = Integers("shape");
        var offsets = Integers("data_offsets");
        if (offsets.Length != 2 || shape.Any(dimension => dimension < 0))
            throw new FormatException($"Tensor \"{name}\" has a malformed shape or malformed offsets.");
        var size = shape.Aggregate((Int128)sizeof(float), (product, dimension) => Int128.Min(product * dimension, long.MaxValue));
        if (size != (Int128)offsets[1] - offsets[0])
        {
            throw new FormatException(
                $"Tensor \"{name}\" of shape [{string.Join(", ", shape)}] does not fill its bytes {offsets[0]} to {offsets[1]}.");
        }
        return (name, shape, offsets[0], offsets[1]);

        long[] Integers(string property) => [.. entry.GetProperty(property).EnumerateArray().Select(number =>
            number.TryGetInt64(out var integer)
                ? integer
                : throw new FormatException($"Tensor \"{name}\" has a malformed {property}: {number} is not an integer."))];
    }

    private static Dictionary<string, Values> ReadValues(
        List<(string Name, long[] Shape, long Begin, long End)> entries, ReadOnlySpan<byte> data)
    {
        long expected = 0;
        Dictionary<string, Values> tensors = [];
        // In the order of their places each has to begin where the one before ends: no overlap, no gap, nothing outside.
        foreach (var (name, shape, begin, end) in entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End))
        {
            if (begin != expected)
            {
                throw new FormatException(
                    $"Tensor \"{name}\" begins at {begin} instead of {expected}: the tensors overlap or leave a gap.");
            }
            if (end > data.Length)
            {
                throw new FormatException(
                    $"The safetensors file is cut off: tensor \"{name}\" ends at {end}, but there are {data.Length} bytes.");
            }
            tensors[name] = new Values(shape, MemoryMarshal.Cast<byte, float>(data[(int)begin..(int)end]).ToArray());
            expected = end;
        }
        return expected == data.Length
            ? tensors
            : throw new FormatException($"The safetensors file has {data.Length - expected} bytes after its last tensor.");
    }
}
