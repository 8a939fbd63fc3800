namespace Workbench.Core.Training;

/// <summary>Training that cannot go on, a model that cannot be read, an unknown pipeline. The message says why.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Creates an exception with a message for the person in front of the screen.</summary>
    public TrainingException(string message, Exception? inner = null) : base(message, inner) { }

    internal static TrainingException Diverged(int epoch, double learningRate) => new(FormattableString.Invariant(
        $"Training diverged: the loss of epoch {epoch} is no longer a number. A learning rate below {learningRate:g3} may help."));
}
