using Workbench.Commands;
using Workbench.Core.Commands;
using Workbench.Core.Platform;

FilePermissions.KeepPrivate();
return args is [Supervisor.Verb] ? await Supervisor.RunAsync() : await WorkbenchCommand.RunAsync(args);
