namespace Workbench.Core.Training;

/// <summary>Training that cannot go on, a model that cannot be read, an unknown pipeline. The message says why.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Creates an exception with a message for the person in front of the screen.</summary>
    public TrainingException(string message, Exception? inner = null) : base(message, inner) { }
}
