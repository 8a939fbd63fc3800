using Workbench.Core.Pictures;

namespace Workbench.Core.Preparations;

/// <summary>The connected pieces of ink in a picture; pixels that touch at a corner are connected.</summary>
internal sealed class Blots
{
    private Blots(int[] numbers, List<Blot> all) => (Numbers, All) = (numbers, all);

    /// <summary>A connected piece.</summary>
    /// <param name="Area">In pixels.</param>
    /// <param name="TouchesRim">Whether it reaches the rim of the picture.</param>
    public sealed record Blot(int Area, bool TouchesRim);

    /// <summary>For each pixel the number of its blot, from 1; 0 where there is none.</summary>
    public int[] Numbers { get; }

    /// <summary>The blots; number 1 is the first.</summary>
    public IReadOnlyList<Blot> All { get; }

    /// <summary>Finds the pieces with values above the threshold.</summary>
    public static Blots Of(Plane plane, float threshold)
    {
        int width = plane.Width, height = plane.Height;
        var values = plane.Values;
        var numbers = new int[values.Length];
        List<Blot> all = [];
        Stack<int> open = [];
        for (var start = 0; start < numbers.Length; start++)
        {
            if (numbers[start] != 0 || values[start] <= threshold)
                continue;
            var number = all.Count + 1;
            var area = 0;
            var touchesRim = false;
            numbers[start] = number;
            open.Push(start);
            while (open.TryPop(out var at))
            {
                area++;
                int x = at % width, y = at / width;
                touchesRim |= x == 0 || y == 0 || x == width - 1 || y == height - 1;
                for (var nearY = Math.Max(0, y - 1); nearY <= Math.Min(height - 1, y + 1); nearY++)
                {
                    for (var nearX = Math.Max(0, x - 1); nearX <= Math.Min(width - 1, x + 1); nearX++)
                    {
                        var near = nearY * width + nearX;
                        if (numbers[near] == 0 && values[near] > threshold)
                        {
                            numbers[near] = number;
                            open.Push(near);
                        }
                    }
                }
            }
            all.Add(new Blot(area, touchesRim));
        }
        return new Blots(numbers, all);
    }
}
