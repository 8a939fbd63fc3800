namespace Workbench.Components.Studies;

/// <summary>What can be done with a study in a list of them.</summary>
public enum StudyAction
{
    /// <summary>Launch another one like it.</summary>
    LaunchAgain,

    /// <summary>Raise its budget.</summary>
    AddTrials,

    /// <summary>End its trials after their present epochs.</summary>
    Stop,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Delete it with all its runs.</summary>
    Delete,
}
