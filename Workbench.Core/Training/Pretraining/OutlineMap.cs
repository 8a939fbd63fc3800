using SkiaSharp;

namespace Workbench.Core.Training.Pretraining;

/// <summary>Maps an outline point by point.</summary>
internal static class OutlineMap
{
    // So many pieces make a straight line bend with the map.
    private const int Pieces = 4;

    /// <summary>A new outline whose points are the given one's, mapped; curves stay curves of their kind.</summary>
    public static SKPath Apply(SKPath outline, Func<SKPoint, SKPoint> map)
    {
        var mapped = new SKPath { FillType = outline.FillType };
        using var verbs = outline.CreateIterator(forceClose: true);
        Span<SKPoint> points = stackalloc SKPoint[4];
        while (verbs.Next(points) is var verb && verb != SKPathVerb.Done)
        {
            switch (verb)
            {
                case SKPathVerb.Move:
                    mapped.MoveTo(map(points[0]));
                    break;
                case SKPathVerb.Line:
                    for (var piece = 1; piece <= Pieces; piece++)
                    {
                        var share = (float)piece / Pieces;
                        var (from, to) = (points[0], points[1]);
                        mapped.LineTo(map(new(from.X + share * (to.X - from.X), from.Y + share * (to.Y - from.Y))));
                    }
                    break;
                case SKPathVerb.Quad:
                    mapped.QuadTo(map(points[1]), map(points[2]));
                    break;
                case SKPathVerb.Conic:
                    mapped.ConicTo(map(points[1]), map(points[2]), verbs.ConicWeight());
                    break;
                case SKPathVerb.Cubic:
                    mapped.CubicTo(map(points[1]), map(points[2]), map(points[3]));
                    break;
                case SKPathVerb.Close:
                    mapped.Close();
                    break;
            }
        }
        return mapped;
    }
}
