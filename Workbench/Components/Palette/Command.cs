using Workbench.Core.Access;

namespace Workbench.Components.Palette;

/// <summary>Something a person can do. Menu bar, palette, shortcuts and context menus show and run the same one.</summary>
/// <param name="Title">What it does, as a menu says it.</param>
/// <param name="Icon">A MudBlazor icon.</param>
public sealed record Command(string Title, string Icon)
{
    /// <summary>Where it leads, for one that only goes somewhere.</summary>
    public string? Address { get; init; }

    /// <summary>What the browser does by itself, as the modules in wwwroot/js name it: <c>theme dark</c>.</summary>
    public string? InBrowser { get; init; }

    /// <summary>What the workbench does.</summary>
    public Func<Task>? Run { get; init; }

    /// <summary>Its shortcut, as js/keys.js reads it: <c>g s</c> is two strokes, <c>Mod+K</c> is Ctrl+K or, on a Mac, ⌘K.</summary>
    public string? Keys { get; init; }

    /// <summary>Why it can't be done now; null when it can.</summary>
    public string? Unavailable { get; init; }

    /// <summary>What a person has to be granted for it; <see cref="Scope.Read"/> is all that pages need.</summary>
    public Scope Needs { get; init; } = Scope.Read;

    /// <summary>Whether something is lost by it.</summary>
    public bool Danger { get; init; }

    /// <summary>Whether a line sets it off from the command before.</summary>
    public bool Apart { get; init; }
}

/// <summary>Commands that belong together.</summary>
/// <param name="Title">One word.</param>
/// <param name="Commands">In the order of the menu.</param>
public sealed record Menu(string Title, IReadOnlyList<Command> Commands);
