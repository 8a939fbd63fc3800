using System.Runtime.InteropServices;
using TorchSharp;
using Workbench.Core.Models;

namespace Workbench.Core.Training;

/// <summary>Between tensors and what files hold.</summary>
internal static class TensorValues
{
    /// <summary>A copy of the tensor's shape and values.</summary>
    public static Safetensors.Values ToValues(this torch.Tensor tensor)
    {
        using var contiguous = tensor.detach().contiguous();
        return new(contiguous.shape, contiguous.data<float>().ToArray());
    }

    /// <summary>A tensor of its own, in no dispose scope: the caller frees it.</summary>
    public static torch.Tensor ToTensor(this Safetensors.Values values) => torch.tensor(values.Data, values.Shape).DetachFromDisposeScope();

    /// <summary>Indices as libtorch takes them, 64 bits each, in the present dispose scope.</summary>
    public static torch.Tensor ToIndices(this int[] indices) => ToIndices<int>(indices, torch.ScalarType.Int32);

    /// <inheritdoc cref="ToIndices(int[])"/>
    public static torch.Tensor ToIndices(this byte[] indices) => ToIndices<byte>(indices, torch.ScalarType.Byte);

    // Not by an array of 64-bit numbers: one for each trial is what the large object heap is collected for again and again.
    private static torch.Tensor ToIndices<T>(ReadOnlySpan<T> indices, torch.ScalarType type)
        where T : unmanaged
    {
        using var copy = torch.empty(indices.Length, type);
        MemoryMarshal.AsBytes(indices).CopyTo(copy.bytes);
        return copy.to_type(torch.ScalarType.Int64);
    }
}
