using System.CommandLine;
using Workbench.Commands;

return await new WorkbenchCommand().Parse(args).InvokeAsync();
