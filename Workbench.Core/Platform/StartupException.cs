namespace Workbench.Core.Platform;

/// <summary>The workbench cannot start, for a reason the user can mend. The message is one line that names the reason and the remedy; it
/// is shown as it is, without a stack trace.</summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
