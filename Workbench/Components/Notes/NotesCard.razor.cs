using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Workbench.Components.Parts;
using Workbench.Core.Tracking;

namespace Workbench.Components.Notes;

/// <summary>The note and the tags of a study, a run or a model version.</summary>
public sealed partial class NotesCard : LiveComponent
{
    private static readonly string[] Views = ["Write", "Preview"];

    private Annotations? _notes;
    private MarkupString _html;
    private string _view = Views[0];
    // What the note was when the person began to edit it; null when it is not being edited.
    private string? _base;
    private string _draft = "";
    // What the text area begins with.
    private string _text = "";
    // Notes that were being written when the card was given another subject.
    private readonly Dictionary<Subject, (string Base, string Draft)> _left = [];
    private int _edition;
    private Subject _read;
    private ElementReference _area;
    private ElementReference _edit;
    private bool _focus;
    private bool _saving;

    /// <summary>What the note is about.</summary>
    [Parameter, EditorRequired]
    public Subject Subject { get; set; }

    /// <summary>The card's heading.</summary>
    [Parameter]
    public string Title { get; set; } = "Notes";

    private bool IsEditing => _base is not null;

    private bool IsPreview => _view == Views[1];

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_read == Subject)
        {
            return;
        }
        if (IsEditing)
        {
            _left[_read] = (_base!, _draft);
        }
        _read = Subject;
        (_notes, _base) = (null, null);
        Listen(Subject.IsConcernedBy, _ => ReadAsync());
        await ReadAsync();
        if (_notes is not null && _left.Remove(Subject, out var left))
        {
            Edit(left.Base, left.Draft);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        var target = IsEditing ? _area : _edit;
        if (_focus && Focus.CanMoveTo(target))
        {
            _focus = false;
            await Focus.MoveToAsync(target);
        }
    }

    private async Task ReadAsync()
    {
        var (subject, notes) = (Subject, (Annotations?)null);
        await TryAsync(async () => notes = await Store.ReadAsync(subject, Closed));
        if (notes is null || subject != Subject)
        {
            return;
        }
        if (notes.Note != _notes?.Note)
        {
            _html = NoteMarkdown.Render(notes.Note);
        }
        _notes = notes;
    }

    private void Edit() => Edit(_notes!.Note, _notes.Note);

    private void Edit(string from, string text)
    {
        (_base, _draft, _text, _view) = (from, text, text, Views[0]);
        // The text area is a new one: the browser would keep what was typed in the old one.
        _edition++;
        (_area, _focus) = (default, true);
    }

    private void Close()
    {
        _base = null;
        (_edit, _focus) = (default, true);
    }

    private async Task SaveAsync()
    {
        if (_saving || !IsEditing)
        {
            return;
        }
        _saving = true;
        if (await TryAsync(() => Store.WriteNoteAsync(Subject, _draft, _base, Closed)))
        {
            Close();
        }
        _saving = false;
        await ReadAsync();
    }

    private async Task ReplaceAsync()
    {
        _base = _notes!.Note;
        await SaveAsync();
    }

    private async Task ChangeTagsAsync(IReadOnlyDictionary<string, string?> changes)
    {
        await TryAsync(() => Store.ChangeTagsAsync(Subject, changes, Closed));
        await ReadAsync();
    }

    private async Task OnKeyAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Escape")
        {
            Close();
        }
        else if (key.Key == "Enter" && (key.CtrlKey || key.MetaKey))
        {
            await SaveAsync();
        }
    }
}
