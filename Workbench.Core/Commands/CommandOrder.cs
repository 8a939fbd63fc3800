namespace Workbench.Core.Commands;

/// <summary>A program to run.</summary>
/// <param name="Arguments">The program, as a path or a name on PATH, and its arguments, which are passed as they are.</param>
/// <param name="Folder">Where it runs.</param>
/// <param name="Environment">All of its variables.</param>
/// <param name="Grace">How many seconds it has when it is asked to end.</param>
public sealed record CommandOrder(IReadOnlyList<string> Arguments, string Folder, IReadOnlyDictionary<string, string> Environment, double Grace);
