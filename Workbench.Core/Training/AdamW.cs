using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Workbench.Core.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019). The arithmetic is that of TorchSharp's own, which cannot be used: the
/// numbers it hands to libtorch may be freed by the collector of garbage while libtorch reads them.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    private readonly (Parameter Values, Tensor Moment1, Tensor Moment2)[] _states;
    private readonly double _weightDecay;
    private readonly Scalar _decay1 = Beta1, _part1 = 1 - Beta1, _decay2 = Beta2, _part2 = 1 - Beta2, _epsilon = Epsilon, _one = 1;
    private int _steps;

    /// <summary>Prepares to optimize parameters, which stay the caller's to free.</summary>
    public AdamW(IEnumerable<Parameter> parameters, double weightDecay)
    {
        _weightDecay = weightDecay;
        _states = [.. parameters.Select(values => (values, Moment(values), Moment(values)))];
    }

    private static Tensor Moment(Tensor values) => zeros_like(values).DetachFromDisposeScope();

    /// <summary>Sets the gradients, which add up otherwise, to zero.</summary>
    public void ZeroGradients()
    {
        foreach (var (values, _, _) in _states)
        {
            using var gradient = values.grad;
            gradient?.zero_();
        }
    }

    /// <summary>Changes every parameter along its gradient.</summary>
    /// <param name="learningRate">The step size.</param>
    public void Step(double learningRate)
    {
        _steps++;
        using var noGrad = no_grad();
        using Scalar keep = 1 - learningRate * _weightDecay;
        using Scalar correction = Math.Sqrt(1 - Math.Pow(Beta2, _steps));
        using Scalar step = -learningRate / (1 - Math.Pow(Beta1, _steps));
        foreach (var (values, moment1, moment2) in _states)
        {
            using var scope = NewDisposeScope();
            if (values.grad is not { } gradient)
                continue;
            values.mul_(keep);
            moment1.mul_(_decay1).add_(gradient, _part1);
            moment2.mul_(_decay2).addcmul_(gradient, gradient, _part2);
            values.addcdiv_(moment1, moment2.sqrt().div_(correction).add_(_epsilon, _one), step);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var (_, moment1, moment2) in _states)
        {
            moment1.Dispose();
            moment2.Dispose();
        }
        foreach (var number in (Scalar[])[_decay1, _part1, _decay2, _part2, _epsilon, _one])
            number.Dispose();
    }
}
