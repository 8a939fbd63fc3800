using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Workbench.Core.Search.Samplers;

/// <summary>Factor L of a symmetric positive definite matrix L·Lᵀ, n × n, row by row.</summary>
internal sealed class Cholesky(int n)
{
    private readonly double[] _l = new double[n * n];

    public int Size => n;

    public ReadOnlySpan<double> Row(int i) => _l.AsSpan(i * n, i + 1);

    /// <summary>Factors a matrix, of which the lower triangle is read; false when it is not positive definite.</summary>
    public bool Factor(ReadOnlySpan<double> matrix)
    {
        for (var i = 0; i < n; i++)
        {
            var row = _l.AsSpan(i * n, n);
            for (var j = 0; j <= i; j++)
            {
                var rest = matrix[i * n + j] - Dot(row[..j], _l.AsSpan(j * n, j));
                if (j < i)
                    row[j] = rest / _l[j * n + j];
                else if (rest > 0)
                    row[i] = Math.Sqrt(rest);
                else
                    return false;
            }
        }
        return true;
    }

    /// <summary>Half the logarithm of the determinant.</summary>
    public double HalfLogDeterminant()
    {
        var sum = 0.0;
        for (var i = 0; i < n; i++)
            sum += Math.Log(_l[i * n + i]);
        return sum;
    }

    /// <summary>Writes the inverse of the matrix, all of it.</summary>
    public void Invert(Span<double> inverse)
    {
        // The rows of L⁻ᵀ: column j of L⁻¹ is non-zero from j on.
        var columns = new double[n * n];
        for (var j = 0; j < n; j++)
        {
            var column = columns.AsSpan(j * n, n);
            column[j] = 1 / _l[j * n + j];
            for (var i = j + 1; i < n; i++)
                column[i] = -Dot(_l.AsSpan(i * n + j, i - j), column[j..i]) / _l[i * n + i];
        }
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
                inverse[i * n + j] = inverse[j * n + i] = Dot(columns.AsSpan(i * n + i, n - i), columns.AsSpan(j * n + i, n - i));
    }

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var wideA = MemoryMarshal.Cast<double, Vector256<double>>(a);
        var wideB = MemoryMarshal.Cast<double, Vector256<double>>(b);
        var wide = Vector256<double>.Zero;
        for (var i = 0; i < wideA.Length; i++)
            wide += wideA[i] * wideB[i];
        var sum = Vector256.Sum(wide);
        for (var i = wideA.Length * Vector256<double>.Count; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
