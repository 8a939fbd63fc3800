namespace Workbench.Core.Commands;

/// <summary>A command could not be run, or did not do what was asked. The message says what happened.</summary>
public sealed class CommandException(string message) : Exception(message);
