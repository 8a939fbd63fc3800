using Workbench.Core.Access;

namespace Workbench.Core.Audit;

/// <summary>The way by which an action came.</summary>
public enum Way
{
    /// <summary>The workbench itself: a background job, a rule.</summary>
    System,

    /// <summary>A page in a browser.</summary>
    Page,

    /// <summary>The HTTP API.</summary>
    Api,

    /// <summary>The command line.</summary>
    Cli,
}

/// <summary>Who acts, and by which way. Ambient, like the current culture: the door through which a request comes sets it, and everything
/// that the request leads to in this process sees it.</summary>
/// <param name="Name">A person's name, a token's name, the operating system's user; <see cref="Local"/> where there is no sign-in.</param>
/// <param name="Way">The door.</param>
/// <param name="Scope">What they may do.</param>
public sealed record Actor(string Name, Way Way, Scope Scope = Scope.Admin)
{
    /// <summary>The name of an actor on this machine, where there is no sign-in.</summary>
    public const string Local = "local";

    private static readonly AsyncLocal<Actor?> Ambient = new();

    /// <summary>The workbench itself.</summary>
    public static Actor System { get; } = new("system", Way.System);

    /// <summary>Who acts here; <see cref="System"/> until it is set. A value set holds to the end of the asynchronous method that set it.</summary>
    public static Actor Current
    {
        get => Ambient.Value ?? System;
        set => Ambient.Value = value;
    }

    /// <summary>Goes on only if this actor may do what needs a scope.</summary>
    /// <exception cref="ForbiddenException">They may not.</exception>
    public void Require(Scope scope)
    {
        if (Scope < scope)
        {
            throw new ForbiddenException(scope, Name, Scope);
        }
    }
}
