namespace Workbench.Core.Datasets;

/// <summary>Data that is missing, damaged or unknown, or a split that cannot be made. The message says which and what to do.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates an exception with a message for the person in front of the screen.</summary>
    public DatasetException(string message, Exception? inner = null) : base(message, inner) { }
}
