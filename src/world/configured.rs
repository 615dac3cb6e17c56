//! What makes or runs things by a configuration that people may read: which calls return its values.
//!
//! A kind of configuration is a row; what declares such a thing names the row in its setting [`SETTING`]. A function's
//! configuration is a matter of reach. Must not know: where the values are written, or who may read them.

/// A kind of configuration
#[derive(Clone, Copy, Debug)]
pub struct Configured {
    /// Its id: the value of [`SETTING`]
    pub id: &'static str,
    /// The calls that return its values, any of which is enough
    pub calls: &'static [&'static str],
}

/// The setting of a thing that names the row of its configuration
pub const SETTING: &str = "configuration";

/// In the order of ids; the calls are those of the service authorization reference that return what is set
pub static CONFIGURED: &[Configured] = &[
    Configured { id: "amplify.app", calls: &["amplify:GetApp", "amplify:ListApps"] },
    Configured { id: "apprunner.service", calls: &["apprunner:DescribeService"] },
    Configured {
        id: "autoscaling.launch-configuration",
        calls: &["autoscaling:DescribeLaunchConfigurations"],
    },
    Configured { id: "batch.job-definition", calls: &["batch:DescribeJobDefinitions"] },
    Configured {
        id: "cloudformation.stack",
        calls: &["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
    },
    // A build has the environment of its project.
    Configured {
        id: "codebuild.project",
        calls: &["codebuild:BatchGetProjects", "codebuild:BatchGetBuilds"],
    },
    Configured { id: "ec2.instance", calls: &["ec2:DescribeInstanceAttribute"] },
    Configured { id: "ec2.launch-template", calls: &["ec2:DescribeLaunchTemplateVersions"] },
    Configured { id: "ecs.task-definition", calls: &["ecs:DescribeTaskDefinition"] },
    Configured {
        id: "elasticbeanstalk.environment",
        calls: &["elasticbeanstalk:DescribeConfigurationSettings"],
    },
    Configured { id: "glue.job", calls: &["glue:GetJob", "glue:GetJobs", "glue:BatchGetJobs"] },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::action::Action;

    #[test]
    fn rows_are_in_order_and_their_calls_are_actions() {
        assert!(CONFIGURED.is_sorted_by_key(|row| row.id));
        for call in CONFIGURED.iter().flat_map(|row| row.calls) {
            assert!(Action::parse(call).is_some(), "{call}");
        }
    }
}
