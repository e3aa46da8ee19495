from crhelper import CfnResource

helper = CfnResource()


@helper.create
def create(event, context):
    return 'id'


def handler(event, context):
    helper(event, context)
